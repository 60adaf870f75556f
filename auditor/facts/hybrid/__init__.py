"""Code that is not DEX: JavaScript, Hermes, Dart, .NET and native libraries."""
