"""Matrix size against run time: kernels in several languages, their measurement, their fits."""
