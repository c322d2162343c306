import CCurl
import Glibc

/// The epoll descriptor that holds curl's sockets, so that Dispatch never sees one of them.
///
/// Descriptor numbers are reused while curl opens and closes, hence the second try with the other
/// operation.
struct SocketWatch {
  /// What became possible on one socket, as curl wants to hear it.
  struct Ready {
    var socket: curl_socket_t
    var mask: Int32
  }

  let descriptor: Int32
  private var events = [epoll_event](repeating: epoll_event(), count: 64)

  init?() {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard descriptor >= 0 else { return nil }
  }

  /// To be called once nothing watches the descriptor any more.
  func close() { _ = Glibc.close(descriptor) }

  /// Does what curl's socket callback asks (`CURL_POLL_…`).
  func change(_ socket: curl_socket_t, to what: Int32) {
    // A socket that curl does not wait for would report its hang-up for ever.
    guard what == CURL_POLL_IN || what == CURL_POLL_OUT || what == CURL_POLL_INOUT else {
      _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, nil)
      return
    }
    var event = epoll_event()
    event.data.fd = socket
    if what != CURL_POLL_OUT { event.events |= EPOLLIN.rawValue }
    if what != CURL_POLL_IN { event.events |= EPOLLOUT.rawValue }
    guard epoll_ctl(descriptor, EPOLL_CTL_MOD, socket, &event) != 0, errno == ENOENT else { return }
    if epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) != 0, errno == EEXIST {
      _ = epoll_ctl(descriptor, EPOLL_CTL_MOD, socket, &event)
    }
  }

  /// Returns at once with what is ready now.
  mutating func ready() -> [Ready] {
    let count = epoll_wait(descriptor, &events, Int32(events.count), 0)
    return events.prefix(Int(max(count, 0))).map { event in
      var mask: Int32 = 0
      if event.events & EPOLLIN.rawValue != 0 { mask |= CURL_CSELECT_IN }
      if event.events & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
      if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_ERR }
      return Ready(socket: event.data.fd, mask: mask)
    }
  }
}
