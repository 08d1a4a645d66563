"""Batch: a cohort of recordings through the one analyzer, resumable, on this machine or a Dask cluster."""

from tremorscope.batch.run import BatchSummary, run_batch

__all__ = ["BatchSummary", "run_batch"]
