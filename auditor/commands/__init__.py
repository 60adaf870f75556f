"""The commands, one module each: parse, call the library, write, exit. No analysis here.

A module imports the stages inside its functions, so that `auditor --help` reads none of them.
`auditor.cli` registers the commands and turns errors into exit codes.
"""
