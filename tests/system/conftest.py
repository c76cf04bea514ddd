"""Deployments of the schedules whose pages are tested in the browser."""

from __future__ import annotations

import pytest

from tests.support.deployments import DEPLOYMENT_KINDS, Deployment, Deployments
from tests.support.page_schedules import AUTUMN, SHIPPED
from tests.support.variants import leave_to_soak

# A folder at the root is the easier case of a folder under a path.
KINDS = [
    pytest.param(kind, marks=pytest.mark.soak) if kind == "folder" else kind
    for kind in DEPLOYMENT_KINDS
]


@pytest.fixture(params=KINDS)
def deployment(request: pytest.FixtureRequest, deployments: Deployments) -> Deployment:
    """Deploy the shipped schedule in each way."""
    return deployments.get(SHIPPED, request.param)


@pytest.fixture(params=["folder under a path", *leave_to_soak("service", "folder")])
def autumn_deployment(request: pytest.FixtureRequest, deployments: Deployments) -> Deployment:
    """Deploy the schedule of the autumn season in each way."""
    return deployments.get(AUTUMN, request.param)


@pytest.fixture
def service(deployments: Deployments) -> Deployment:
    """Run the service with the shipped schedule."""
    return deployments.get(SHIPPED, "service")


@pytest.fixture
def autumn_service(deployments: Deployments) -> Deployment:
    """Run the service with the schedule of the autumn season."""
    return deployments.get(AUTUMN, "service")
