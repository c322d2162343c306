/// Reads an HTTP date; what was read comes back the same when it is written.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(start, count) { bytes in
    if let time = HTTPDate.parse(bytes), time <= 253_402_300_799_000 {
      promise(HTTPDate.parse(HTTPDate.format(time)) == time, "a date comes back")
    }
    var number: Int64 = 0
    for byte in bytes.prefix(8) { number = number << 8 | Int64(byte) }
    promise(HTTPDate.parse(HTTPDate.format(number)) != nil, "any number can be written")
  }
  return 0
}
