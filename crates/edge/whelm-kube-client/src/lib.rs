//! Discovery, get, list, watch, apply and delete over a transport
