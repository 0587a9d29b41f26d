"""What lies in the folder of a run. Server and worker both know these names; neither needs the other for them."""

#: Its checkpoints, a folder each.
CHECKPOINTS = "checkpoints"
#: In a fork: the checkpoint of its parent, until it has written its own.
ORIGIN = "origin"
#: Copies of its state made only to be looked at by an analysis.
COPIES = "copies"
#: The number of threads it trains with.
THREADS = "threads"
#: What its data are.
DATA = "data.json"
