"""What stands in the way of the dashboard on this machine, one line for each thing it needs.

Nothing is changed, and nothing is sent anywhere but to the server that is configured.
"""
