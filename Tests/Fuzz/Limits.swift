/// Reads the headers that count calls.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(start, count) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    if let info = LimitInfo(["Sforce-Limit-Info": text]) {
      promise(info.used >= 0 && info.limit >= 0, "counts are not negative")
      promise(LimitInfo("api-usage=\(info.used)/\(info.limit)") == info, "counts come back")
    }
    let headers: Headers = [
      "X-RateLimit-Limit": text, "X-RateLimit-Remaining": text, "X-RateLimit-Reset": text,
    ]
    if let limit = RateLimit(headers) { promise(limit.limit >= 0, "counts are not negative") }
  }
  return 0
}
