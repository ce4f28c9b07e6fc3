"""Programs over whole Java projects: their tests, run by JUnit in rooms with a warm javac."""
