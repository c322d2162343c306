import CCurl

/// A request's body as curl asks for it, piece by piece, without a second copy in memory.
final class Upload {
  let byteCount: Int
  /// curl went back to the start: an earlier try may have reached the far side.
  private(set) var wasRepeated = false
  private let bytes: [UInt8]
  private let mayRepeat: Bool
  private var offset = 0

  /// With `mayRepeat` false curl cannot send the body again on a fresh connection, which it would
  /// do by itself for any method when a kept-alive one breaks before the answer.
  init(_ bytes: [UInt8], mayRepeat: Bool) {
    self.bytes = bytes
    self.byteCount = bytes.count
    self.mayRepeat = mayRepeat
  }

  func attach(to easy: UnsafeMutableRawPointer) {
    _ = sf_easy_set_upload(
      easy,
      { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        return Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue()
          .fill(UnsafeMutableRawBufferPointer(start: buffer, count: size &* count))
      },
      { context, offset, origin in
        guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
        return Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue()
          .seek(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
      },
      Unmanaged.passUnretained(self).toOpaque())
  }

  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    let piece = bytes[offset...].prefix(buffer.count)
    buffer.copyBytes(from: piece)
    offset += piece.count
    return piece.count
  }

  func seek(to position: Int) -> Bool {
    guard mayRepeat, bytes.indices.contains(position) || position == bytes.count else {
      return false
    }
    offset = position
    wasRepeated = true
    return true
  }
}
