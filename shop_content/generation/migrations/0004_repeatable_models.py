from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0003_partial_text"),
    ]

    operations = [
        migrations.AddField(
            model_name="modelversion",
            name="is_repeatable",
            field=models.BooleanField(default=True, verbose_name="repeatable"),
        ),
    ]
