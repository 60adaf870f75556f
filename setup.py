"""Map the report's templates, which stand beside the package, into the wheel.

All else about the distribution is in pyproject.toml; TOML cannot add one folder to those found.
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["auditor", "auditor.*"]), "auditor.templates"],
    package_dir={"auditor.templates": "reports/templates"},
)
