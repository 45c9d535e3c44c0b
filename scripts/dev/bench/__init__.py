"""The benchmarks: ratios measured in one run, with the goal each must keep (`python -m scripts.dev.bench`)."""
