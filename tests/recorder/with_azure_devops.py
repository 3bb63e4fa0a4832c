"""Saves the connection with the azure-devops package, whose loggers tell all."""

import json
import logging
import os

from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.service_endpoint import ServiceEndpointClient
from msrest.authentication import BasicAuthentication

logging.basicConfig(level=logging.DEBUG)
client = ServiceEndpointClient("https://dev.azure.com/contoso", BasicAuthentication("", "invented"))
client.config.enable_http_logger = True
body = json.loads(os.environ["BODY"])
try:
    client._send(http_method="PUT", location_id="14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0", version="7.1-preview.4",
                 route_values={"area": "serviceendpoint", "resource": "endpoints", "endpointId": body["id"]}, content=body)
except AzureDevOpsServiceError as error:
    print(f"ERROR: {error}")
