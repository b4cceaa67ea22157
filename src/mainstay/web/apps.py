from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mainstay.web"

    def ready(self) -> None:
        # Here, since they are made of models.
        from mainstay.web.works import register_works

        register_works()
