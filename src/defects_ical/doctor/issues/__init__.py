"""The catalogue of issues, one module for each subject: an issue's texts and severity."""
