import CCurl

/// Holds the mail server's last answer while libcurl talks to it.
final class ReplyReader {
  private(set) var reply = SMTPReply()

  func attach(to easy: UnsafeMutableRawPointer) {
    _ = sf_easy_set_answer(
      easy,
      { data, size, count, context in
        guard let context else { return 0 }
        let line = UnsafeRawBufferPointer(start: data, count: size &* count)
        Unmanaged<ReplyReader>.fromOpaque(context).takeUnretainedValue().take(line)
        return line.count
      },
      { _, size, count, _ in size &* count },
      Unmanaged.passUnretained(self).toOpaque())
  }

  private func take(_ line: UnsafeRawBufferPointer) {
    reply.take(line.prefix { $0 != 0x0D && $0 != 0x0A })
  }
}
