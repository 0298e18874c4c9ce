import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Apart from 0002: PostgreSQL alters no table whose rows were just written in one transaction.

    dependencies = [
        ('core', '0002_applications'),
    ]

    operations = [
        migrations.AlterField(
            model_name='applicationkey',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='core.application'),
        ),
        migrations.RemoveField(
            model_name='applicationkey',
            name='name',
        ),
    ]
