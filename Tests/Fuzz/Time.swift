/// Reads a time; what was read comes back the same when it is written.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(start, count) { bytes in
    if let time = Timestamp.parse(bytes), Timestamp.range.contains(time) {
      let text = Timestamp.milliseconds(time)
      promise(Timestamp.parse(text) == time, "a time comes back")
      promise(text.utf8.count == 24, "a time has one length")
    }
    var number: Int64 = 0
    for byte in bytes.prefix(8) { number = number << 8 | Int64(byte) }
    promise(Timestamp.parse(Timestamp.milliseconds(number)) != nil, "any number can be written")
    _ = Timestamp.day(number)
  }
  return 0
}
