//! A network in the test's hand, between the store and a PostgreSQL server.

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Lets everything through.
    Open,
    /// Nobody listens; what was connected is closed.
    Refused,
    /// Somebody listens and hangs up.
    Closed,
    /// Takes everything and answers nothing.
    Frozen,
    /// Lets new connections through; old ones are never answered again.
    Forgotten,
}

/// The network.
pub struct Proxy(Arc<watch::Sender<Way>>);

impl Proxy {
    /// A network before this database, and its address through it.
    pub async fn before(url: &str) -> (Self, String) {
        let (user, rest) = url.split_once('@').unwrap();
        let (host, database) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = Arc::new(watch::Sender::new(Way::Open));
        tokio::spawn(listen(listener, host.to_owned(), way.clone()));
        (Self(way), format!("{user}@127.0.0.1:{port}/{database}"))
    }

    pub fn set(&self, way: Way) {
        self.0.send_replace(way);
    }
}

async fn listen(listener: TcpListener, server: String, way: Arc<watch::Sender<Way>>) {
    let address = listener.local_addr().unwrap();
    let mut listener = Some(listener);
    let mut changes = way.subscribe();
    loop {
        let now = *changes.borrow_and_update();
        if now == Way::Refused {
            listener = None;
            changes.changed().await.unwrap();
            continue;
        }
        let listening = match listener.take() {
            Some(listening) => listening,
            None => TcpListener::bind(address).await.unwrap(),
        };
        tokio::select! {
            accepted = listening.accept() => {
                let client = accepted.unwrap().0;
                if now != Way::Closed {
                    let server = server.clone();
                    let way = way.subscribe();
                    tokio::spawn(async move { carry(client, &server, way, now).await });
                }
            }
            _ = changes.changed() => {}
        }
        listener = Some(listening);
    }
}

/// Carries one connection, which began under this way.
async fn carry(client: TcpStream, server: &str, way: watch::Receiver<Way>, began: Way) {
    let server = TcpStream::connect(server).await.unwrap();
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mut closed = way.clone();
    tokio::select! {
        () = pump(from_client, to_server, way.clone(), began) => {}
        () = pump(from_server, to_client, way, began) => {}
        _ = closed.wait_for(|way| matches!(way, Way::Refused | Way::Closed)) => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut way: watch::Receiver<Way>, began: Way) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let passes = |way: &Way| *way == Way::Open || (*way == Way::Forgotten && began == Way::Forgotten);
        if way.wait_for(passes).await.is_err() || to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
