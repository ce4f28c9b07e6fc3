"""
What every backend behind a network shares, so that each of them stays small.

An *endpoint* (`Endpoint`) knows one protocol: how requests become calls, how a
call is asked, and what its errors mean. `RemoteBackend` makes a `Backend` of
it: concurrency that backs off, retries, a budget, a response cache and an
orderly end. To add a server, write an endpoint::

    class Mine:
        kind, model, url = "mine.generate", "some-model", "http://localhost:8080"
        styles, preferred = frozenset({Style.COMPLETE}), Style.COMPLETE

        def calls(self, requests):                # lazily: they may be endless
            for request in requests:
                yield Call((request,), {"prompt": request.prompt.text, "max": 10})

        async def start(self): ...                # in the loop of the work: open a client
        async def ask(self, call):                # one attempt; no retries, no sleeping
            with faults(sdk, self.site): ...      # or raise Passing, Busy, ... yourself
            return Reply((Answer("text", Finish.STOP),), tokens_in=7, tokens_out=3)
        async def stop(self): ...                 # close the client
        def describe(self): return {...}          # for run.json; no keys

    def open_mine(model, base_url=(), concurrency=None, ...) -> Backend:
        return RemoteBackend(Mine(...), Terms(...))

What `ask` raises decides what happens next (`ucb.backends.remote.faults`):

    Passing       tried again, with growing pauses, a bounded number of times
    Busy          all calls pause, concurrency is halved, then tried again
    Unreachable   tried again like Passing; in the end stops the run
    Overflow      tried once more with the room there is, or recorded as cut off
    Unanswerable  not tried again; the row stays missing
    BackendError  stops the run: no retry mends it

Modules: `wire` (the nouns and the protocol), `faults`, `limit` (concurrency),
`crew` (calls in a loop of their own thread), `desk` (what is asked next and
what an answer costs), `budget`, `prices`, `cache`, `batches` (whole runs as one
job at half price), `text` (stop sequences), `sdk` (the errors of the official
SDKs), `address` (keys and URLs), `backend` (all of it put together).
"""
