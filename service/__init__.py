"""The web service over `fitting.pipeline`: HTTP, jobs, storage, people's data and the web page.

It holds no geometry; `service.app.create_app` builds the application from one typed record.
"""
