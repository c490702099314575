"""Where documents come from: fetch them as bytes. Knows nothing of what they say."""
