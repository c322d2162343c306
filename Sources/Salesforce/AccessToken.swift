import HTTP
import Wire

/// An access token and the host that takes it.
struct AccessToken: Sendable {
  var value: String
  var instance: Origin
  /// Counts refreshes, so that a 401 on an older token does not spend a second one.
  var serial: Int
}

/// The two parts of a token answer that we rely on, and the rotated refresh token if there is one.
struct TokenAnswer {
  var accessToken: String
  var instanceURL: String
  var refreshToken: String?

  /// Nil when the text is no token answer.
  init?(_ body: [UInt8]) {
    guard let found = body.withUnsafeBytes({ try? Self.read($0) }),
      let token = found.token, let instance = found.instance, !token.isEmpty, Origin.isPlain(token)
    else { return nil }
    accessToken = token
    instanceURL = instance
    refreshToken = found.refresh
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer
  ) throws(JSONError) -> (token: String?, instance: String?, refresh: String?) {
    var reader = JSONReader(bytes)
    var token: String?
    var instance: String?
    var refresh: String?
    try reader.readObject { reader, key throws(JSONError) in
      if key == "access_token" {
        token = try reader.readString().string
      } else if key == "instance_url" {
        instance = try reader.readString().string
      } else if key == "refresh_token" {
        refresh = try reader.readStringOrNull()?.string
      } else {
        try reader.skipValue()
      }
    }
    try reader.finish()
    return (token, instance, refresh)
  }
}
