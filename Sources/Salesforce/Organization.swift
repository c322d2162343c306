import HTTP
package import SyncCore
import Wire

/// The org that the credentials lead to (G2).
package struct Organization: Sendable, Equatable {
  /// 18 characters, 00D.
  package var id: String
  package var name: String
  package var isSandbox: Bool
  /// An IANA name: `Europe/Berlin`.
  package var timeZone: String
  /// `Enterprise Edition`.
  package var edition: String
}

extension Salesforce {
  /// The one row of Organization: one API call.
  package func organization() async throws(Failure) -> Organization {
    let soql = "SELECT Id, Name, IsSandbox, TimeZoneSidKey, OrganizationType FROM Organization"
    let call = Call(
      path: path("/query?q=\(Encoding.percent(soql))"), attempt: "read which org this is")
    let response = try await send(call)
    let found = response.body.withUnsafeBytes { try? Self.readOrganization($0) }
    guard let found else {
      throw .unreadable(call.attempt, "the answer is not one row of Organization", response)
    }
    return found
  }

  /// The API versions that the host offers, as `62.0`: without a token, and not counted.
  package func versions() async throws(Failure) -> [String] {
    let attempt = "read the API versions"
    let response = try await tokens.open("/services/data/", attempt)
    guard response.status == 200 else {
      throw FarAnswer(response).failure(attempt: attempt, writes: false)
    }
    let found = response.body.withUnsafeBytes { try? Self.readVersions($0) }
    guard let found, !found.isEmpty else {
      throw .unreadable(attempt, "the answer lists no versions", response)
    }
    return found
  }

  private static func readVersions(
    _ bytes: UnsafeRawBufferPointer
  ) throws(JSONError) -> [String] {
    var reader = JSONReader(bytes)
    var versions: [String] = []
    try reader.readArray { reader throws(JSONError) in
      try reader.readObject { reader, key throws(JSONError) in
        if key == "version" {
          versions.append(try reader.readString().string)
        } else {
          try reader.skipValue()
        }
      }
    }
    return versions
  }

  private static func readOrganization(
    _ bytes: UnsafeRawBufferPointer
  ) throws(JSONError) -> Organization? {
    var reader = JSONReader(bytes)
    var found: [Organization] = []
    try reader.readObject { reader, key throws(JSONError) in
      guard key == "records" else { return try reader.skipValue() }
      try reader.readArray { reader throws(JSONError) in
        var row = Organization(id: "", name: "", isSandbox: false, timeZone: "", edition: "")
        try reader.readObject { reader, key throws(JSONError) in
          if key == "Id" {
            row.id = SalesforceID.normalized(try reader.readString().string) ?? ""
          } else if key == "Name" {
            row.name = try reader.readStringOrNull()?.string ?? ""
          } else if key == "IsSandbox" {
            row.isSandbox = try reader.readBool()
          } else if key == "TimeZoneSidKey" {
            row.timeZone = try reader.readStringOrNull()?.string ?? ""
          } else if key == "OrganizationType" {
            row.edition = try reader.readStringOrNull()?.string ?? ""
          } else {
            try reader.skipValue()
          }
        }
        found.append(row)
      }
    }
    guard found.count == 1, found[0].id.hasPrefix("00D") else { return nil }
    return found[0]
  }
}
