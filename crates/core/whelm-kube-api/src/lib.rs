//! Kubernetes requests and responses as data: discovery, patches, kubeconfig
