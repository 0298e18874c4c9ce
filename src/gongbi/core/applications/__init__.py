"""The register of applications: other systems, their keys, their quotas, and how they fare.

It is not a sign-in for people, and it knows nothing of what an application asks for: each part
decides by the scopes of an ``ApplicationRecord``.
"""
