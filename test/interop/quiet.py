"""SpikeInterface without progress bars, threads or warnings, for the scripts beside it."""
import os
import warnings

# The legacy zarr fixtures hold pickled objects; they are the project's own files.
os.environ.setdefault("NUMCODECS_ALLOW_UNSAFE_PICKLE_DECODE", "1")
warnings.filterwarnings("ignore")

import spikeinterface.full as si  # noqa: E402

si.set_global_job_kwargs(n_jobs=1, progress_bar=False)
