"""The map: folium makes the page, Leaflet comes from resources, nothing is asked from outside.

WebEngine is imported when a map is first shown; importing this package does not load it.
"""
