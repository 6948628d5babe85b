"""The window. Asks the domain through services and queries; knows no SQL, no network and no worker."""
