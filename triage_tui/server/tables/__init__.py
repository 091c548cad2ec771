"""What a workspace keeps beside its cases, a module for each kind of thing.

Every function works on the connection that it is given, inside a transaction of `Store.reading` or
`Store.writing`.
"""
