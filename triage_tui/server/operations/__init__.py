"""The operations of the Case Management API, by noun: a service and a call in, a document out.

Each public function is one operation. It raises Refused, or what the store and the query language
raise.
"""
