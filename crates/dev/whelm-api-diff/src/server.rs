//! The two servers, behind one way of asking.

use bytes::Bytes;
use serde_json::Value;
use whelm_net::{Body, HttpOptions, HttpTransport, Transport};
use whelm_sandbox::Sandbox;

use crate::exchange::{Answer, Sequence, Step};

/// A server to ask.
pub enum Server {
    /// The real API server.
    Real {
        /// How it is reached.
        transport: HttpTransport,
        /// Its address, such as `https://127.0.0.1:6443`.
        address: String,
        /// The token of an administrator.
        token: String,
    },
    /// The embedded one.
    Embedded(Sandbox),
}

impl Server {
    /// Returns the real server at an address.
    pub fn real(address: &str, authority: &[u8], token: &str) -> anyhow::Result<Self> {
        let mut options = HttpOptions::default();
        options.tls.roots = whelm_net::Roots::Pem(authority.to_vec());
        options.host = Some("127.0.0.1".into());
        Ok(Server::Real {
            transport: HttpTransport::new(&options)?,
            address: address.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
        })
    }

    /// Sends all requests of a sequence, one after the other.
    pub async fn answers(&self, sequence: &Sequence) -> anyhow::Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(sequence.steps.len());
        for step in &sequence.steps {
            let mut answer = self.answer(step, &answers).await?;
            for _ in 0..100 {
                if step.until.is_empty() || answer.body.to_string().contains(step.until) {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                answer = self.answer(step, &answers).await?;
            }
            answers.push(answer);
        }
        Ok(answers)
    }

    async fn answer(&self, step: &Step, before: &[Answer]) -> anyhow::Result<Answer> {
        let response = match self {
            Server::Real {
                transport,
                address,
                token,
            } => transport.send(step.request(address, token, before)?).await?,
            Server::Embedded(sandbox) => {
                sandbox
                    .send(step.request("https://sandbox.invalid", "", before)?)
                    .await?
            }
        };
        read(response).await
    }
}

async fn read(response: http::Response<Body>) -> anyhow::Result<Answer> {
    let code = response.status().as_u16();
    let warnings = response.headers().get_all(http::header::WARNING).iter();
    let warnings = warnings
        .filter_map(|value| value.to_str().ok())
        .map(str::to_owned)
        .collect();
    let body = response.into_body().bytes().await?;
    Ok(Answer {
        code,
        body: body_value(&body),
        warnings,
    })
}

/// Reads a body: JSON, the lines of a watch, or a text.
fn body_value(body: &Bytes) -> Value {
    if let Ok(value) = serde_json::from_slice(body) {
        return value;
    }
    let lines = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    match lines.collect::<Result<Vec<_>, _>>() {
        Ok(events) if !events.is_empty() => Value::Array(events),
        _ => Value::String(String::from_utf8_lossy(body).into_owned()),
    }
}
