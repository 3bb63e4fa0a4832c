"""Saves the connection with requests, http.client telling what it sends, and prints the answer."""

import http.client
import json
import os

import requests

http.client.HTTPConnection.debuglevel = 1
answer = requests.put(os.environ["URL"], json=json.loads(os.environ["BODY"]), auth=("", "invented"), timeout=10)
print(answer.text)
