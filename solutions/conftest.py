"""Notebooks are run by `cnnkit verify`; here only tests are collected."""


def pytest_ignore_collect(collection_path):
    return True if collection_path.suffix == ".py" and not collection_path.name.endswith("_test.py") else None
