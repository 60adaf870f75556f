"""Write what is known about one app: HTML for people, JSON, SARIF and CSV for programs.

In: an `AuditReport`. Out: text. Nothing here analyses, reads the app again, or asks the network.
"""
