from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("grading", "0004_refresh_origin"),
    ]

    operations = [
        migrations.AddField(
            model_name="refresh",
            name="files",
            field=models.JSONField(default=dict),
        ),
    ]
