//! What no browser sends: forms that are longer than they may be, that are never finished, or that say nothing.

use std::{io, net::SocketAddr, path::Path, time::Duration};

use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::timeout};

/// How long one step of somebody may take.
pub const SOON: Duration = Duration::from_secs(20);

/// The actions that take files.
pub const ROUTES: [&str; 6] =
    ["files/add", "messages/send", "scal/upload", "end-users/members-file", "catalogue/file", "live-runs/file"];

/// A field of a form whose parts end with `--edge`.
pub fn part(name: &str, value: &str) -> String {
    format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

/// Begins to send a form that claims to be so long. `heads` are more lines of its head, each with its end.
pub async fn begins(address: SocketAddr, action: &str, heads: &str, length: usize, words: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /do/{action} HTTP/1.1\r\nHost: {address}\r\nSec-Fetch-Site: same-origin\r\nAccept: text/html\r\n{heads}\
         Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {length}\r\n\r\n{words}"
    );
    stream.write_all(head.as_bytes()).await?;
    Ok(stream)
}

/// Sends pieces until so many have been taken, or nothing more is. Answers how many bytes were taken.
pub async fn pours(stream: &mut TcpStream, piece: &[u8], times: usize) -> usize {
    for sent in 0..times {
        if !matches!(timeout(SOON, stream.write_all(piece)).await, Ok(Ok(()))) {
            return sent * piece.len();
        }
    }
    times * piece.len()
}

/// Bytes of the database and its log.
pub fn grown(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    files.filter(|file| file.file_name().to_string_lossy().starts_with("onboarding")).map(|f| f.metadata().unwrap().len()).sum()
}
