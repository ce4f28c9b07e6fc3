"""
Programs and local models over the nodes of a Ray cluster.

`dispatch` decides who does what and knows nothing of Ray; `serving` is what
runs on a node, behind `programs` and `models`; `fleet` keeps the nodes busy;
`sandbox` and `backend` are what a run sees. Only `connection` imports Ray, and
only when a run asks for a cluster.
"""
