//! Connections: each is served by itself, and none may say half of something for long. HTTP/1.1, and HTTP/2 for whoever begins
//! with it (a proxy beside us; browsers speak it over TLS only).

use std::{io, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tower::ServiceExt as _;

/// How long the head of a request may take, and so how long a connection may wait for its next one.
pub const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// Bytes of a head, and of what is read ahead of a body.
const MOST_HEAD: usize = 64 * 1024;
/// How often somebody who speaks HTTP/2 and says nothing is asked whether they are there.
const THERE: Duration = Duration::from_secs(30);
/// How long to wait when the machine gives no more connections.
const AGAIN: Duration = Duration::from_secs(1);
/// What HTTP/2 begins with.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Serves until `stop` says so; then takes nothing new and waits until what runs is answered.
pub async fn serve(listener: TcpListener, app: Router, mut stop: watch::Receiver<bool>) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(MOST_HEAD);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(THERE).keep_alive_timeout(HEAD_WITHIN);
    let running = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if gone(&error) => continue,
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                sleep(AGAIN).await;
                continue;
            }
        };
        // Without it streamed answers wait for the peer's delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY");
        }
        let (app, builder, watcher, mut stop) = (app.clone(), builder.clone(), running.watcher(), stop.clone());
        tokio::spawn(async move {
            let begun = tokio::select! {
                begun = timeout(HEAD_WITHIN, is_http2(&stream)) => begun,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            let Ok(Ok(http2)) = begun else { return };
            let builder = if http2 { builder.http2_only() } else { builder.http1_only() };
            let service = service_fn(move |request: Request<Incoming>| {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                app.clone().oneshot(request)
            });
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection.into_owned()).await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
    drop(listener);
    running.shutdown().await;
}

/// Waits for the first bytes, which stay where they are, and says whether they are those of HTTP/2.
async fn is_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut head = [0; PREFACE.len()];
    loop {
        let there = stream.peek(&mut head).await?;
        match there {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            _ if head[..there] != PREFACE[..there] => return Ok(false),
            _ if there == PREFACE.len() => return Ok(true),
            // A part of them: there is no signal for more of what was only looked at.
            _ => sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Whoever wanted to connect has gone already.
fn gone(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::{body::to_bytes, routing::get};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        task::JoinHandle,
        time::Instant,
    };

    use super::*;

    /// A service that says who asks.
    async fn running() -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopping) = watch::channel(false);
        let app =
            Router::new().route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }));
        (address, stop, tokio::spawn(serve(listener, app, stopping)))
    }

    async fn says(address: SocketAddr, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        stream.write_all(words.as_bytes()).await.expect("it is sent");
        stream
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_says_half_of_something_is_not_waited_for() {
        let (address, _stop, _running) = running().await;
        let whole = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for words in ["", "G", "GET / HTTP/1.1\r\nHost: a\r\nX-Half: ", "PRI * HTTP/2.0\r\n", whole] {
            let begun = Instant::now();
            let mut stream = says(address, words).await;
            let mut answer = Vec::new();
            // It ends, or is torn off with what was said unread.
            drop(stream.read_to_end(&mut answer).await);
            assert!(begun.elapsed() <= HEAD_WITHIN + Duration::from_secs(1), "{words:?}: {:?}", begun.elapsed());
            let answer = String::from_utf8_lossy(&answer);
            assert_eq!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1"), words == whole, "{answer}");
        }
    }

    #[tokio::test]
    async fn http_2_is_spoken_with_whoever_begins_with_it() {
        let (address, _stop, _running) = running().await;
        let stream = TcpStream::connect(address).await.expect("it listens");
        let shaken = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (mut sender, connection) = shaken.expect("both speak it");
        tokio::spawn(connection);
        let request = Request::get(format!("http://{address}/")).body(Body::empty()).expect("a request");
        let answer = sender.send_request(request).await.expect("an answer");
        assert_eq!(answer.version(), axum::http::Version::HTTP_2);
        assert_eq!(to_bytes(Body::new(answer.into_body()), 100).await.expect("a body"), "127.0.0.1");
    }

    #[tokio::test]
    async fn whoever_only_holds_a_connection_does_not_hold_up_the_end() {
        let (address, stop, running) = running().await;
        let _silent = says(address, "").await;
        let mut idle = says(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(idle.read(&mut [0; 1000]).await.expect("an answer") > 0);
        stop.send_replace(true);
        timeout(Duration::from_secs(5), running).await.expect("it ends").expect("without a panic");
    }
}
