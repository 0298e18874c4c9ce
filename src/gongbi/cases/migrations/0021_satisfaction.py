import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0020_asked_of_me'),
    ]

    operations = [
        migrations.CreateModel(
            name='Satisfaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.CharField(help_text='yes, fairly or no', max_length=16)),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='satisfactions', to='cases.case')),
                ('outcome', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='satisfactions', to='cases.outcome')),
            ],
        ),
    ]
