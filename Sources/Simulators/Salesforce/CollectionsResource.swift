import HTTP

extension SalesforceSimulator {
  static let collectionMax = 200
  static let retrieveMax = 2000
  static let chunksMax = 10

  /// `/composite/sobjects`: many rows, one call, HTTP 200 even where rows fail.
  func collections(_ call: OrgCall, _ rest: [String]) throws(OrgError) -> Response {
    switch (call.method, rest.count) {
    case (.post, 0): return try saveMany(call, isUpdate: false)
    case (.patch, 0): return try saveMany(call, isUpdate: true)
    case (.delete, 0): return try removeMany(call)
    case (.post, 1): return try retrieve(call, rest[0])
    case (.get, 1): return try retrieve(call, rest[0])
    case (.patch, 2): return try upsertMany(call, rest[0], rest[1])
    default: throw .method(call.method.rawValue.uppercased())
    }
  }

  /// What became of one row.
  private struct Outcome {
    var id: String?
    var error: OrgError?
    var isCreated: Bool?

    var json: OrgJSON {
      var members: [OrgMember] = []
      if let id, error == nil { members.append(OrgMember(key: "id", value: .string(id))) }
      members.append(OrgMember(key: "success", value: .bool(error == nil)))
      members.append(
        OrgMember(key: "errors", value: .array(error.map { [$0.row] } ?? [])))
      if let isCreated, error == nil {
        members.append(OrgMember(key: "created", value: .bool(isCreated)))
      }
      return .object(members)
    }
  }

  private func records(_ body: OrgJSON) throws(OrgError) -> [[OrgMember]] {
    guard let records = body["records"]?.array else {
      throw .json("The request body must contain records")
    }
    guard records.count <= Self.collectionMax else { throw Self.tooMany }
    var types: [String] = []
    var all: [[OrgMember]] = []
    for record in records {
      guard let members = record.members, let type = record["attributes"]?["type"]?.string else {
        throw OrgError("INVALID_INPUT", "Include an Entity Name in the attributes of a record")
      }
      if types.last != type { types.append(type) }
      all.append(members)
    }
    guard types.count <= Self.chunksMax else {
      throw OrgError(
        "INVALID_INPUT", "The request holds more than \(Self.chunksMax) chunks of types")
    }
    return all
  }

  private static let tooMany = OrgError(
    "EXCEEDED_ID_LIMIT",
    "record limit reached. cannot submit more than 200 records into this call")

  private func saveMany(_ call: OrgCall, isUpdate: Bool) throws(OrgError) -> Response {
    let body = try call.json()
    let records = try records(body)
    var options = SaveOptions(call)
    options.isCollection = true
    let isAllOrNone = body["allOrNone"]?.bool ?? false
    if settings.collectionsRefuseWhole { try checkReadable(records, isUpdate: isUpdate) }
    return collected(records, isAllOrNone) { members throws(OrgError) in
      let json = OrgJSON.object(members)
      let type = json["attributes"]?["type"]?.string ?? ""
      guard let table = self.scope.table(type) else {
        throw OrgError("INVALID_TYPE", "sObject type '\(type)' is not supported.", fields: [])
      }
      guard isUpdate else {
        return Outcome(id: try self.save(table, at: nil, members, options))
      }
      guard let text = (json["id"] ?? json["Id"])?.string else {
        throw OrgError("MISSING_ARGUMENT", "Id not specified in an update call", fields: [])
      }
      guard let id = OrgID.normalised(text) else {
        throw OrgError(
          "MALFORMED_ID", "\(table.schema.label) ID: id value of incorrect type: \(text)",
          fields: ["Id"])
      }
      guard let place = self.org.locate(id), place.table === table else { throw .crossReference }
      return Outcome(id: try self.save(table, at: place, members, options))
    }
  }

  /// Refuses the call for a row that cannot be read at all; what a field may hold is the row's own.
  private func checkReadable(
    _ records: [[OrgMember]], isUpdate: Bool
  ) throws(OrgError) {
    for members in records {
      let type = OrgJSON.object(members)["attributes"]?["type"]?.string ?? ""
      guard let table = scope.table(type) else { continue }
      do throws(OrgError) {
        _ = try values(table, members, isUpdate: isUpdate)
      } catch {
        if ["INVALID_FIELD", "JSON_PARSER_ERROR"].contains(error.code) { throw error }
      }
    }
  }

  private func upsertMany(
    _ call: OrgCall, _ object: String, _ field: String
  ) throws(OrgError) -> Response {
    guard let table = scope.table(object), let column = table.schema.column(field) else {
      throw .notFound
    }
    let body = try call.json()
    var options = SaveOptions(call)
    options.isCollection = true
    let isAllOrNone = body["allOrNone"]?.bool ?? false
    return collected(try records(body), isAllOrNone) { members throws(OrgError) in
      let value = members.first { $0.key.lowercased() == column.field.name.lowercased() }?.value
      let found = value?.string.map { self.matches(table, column, $0) } ?? []
      guard found.count <= 1 else {
        throw OrgError(
          "DUPLICATE_EXTERNAL_ID", "\(column.field.name): more than one record found", fields: [])
      }
      let id = try self.save(table, at: found.first, members, options)
      return Outcome(id: id, isCreated: found.isEmpty)
    }
  }

  private func removeMany(_ call: OrgCall) throws(OrgError) -> Response {
    let ids = (call.query["ids"] ?? "").split(separator: ",").map(String.init)
    guard !ids.isEmpty else {
      throw OrgError("REQUIRED_FIELD_MISSING", "The ids parameter is required")
    }
    guard ids.count <= Self.collectionMax else { throw Self.tooMany }
    let isAllOrNone = call.query["allOrNone"]?.lowercased() == "true"
    return collected(ids, isAllOrNone) { id throws(OrgError) in
      guard let full = OrgID.normalised(id), let place = self.org.locate(full) else {
        throw .crossReference
      }
      try self.remove(full, place.table)
      return Outcome(id: full)
    }
  }

  private func collected<Row>(
    _ rows: [Row], _ isAllOrNone: Bool, _ body: (Row) throws(OrgError) -> Outcome
  ) -> Response {
    var outcomes: [Outcome] = []
    let writtenBefore = writes
    org.transaction {
      for row in rows {
        do throws(OrgError) {
          outcomes.append(try body(row))
        } catch {
          outcomes.append(Outcome(error: error))
        }
      }
      return !isAllOrNone || outcomes.allSatisfy { $0.error == nil }
    }
    if isAllOrNone, outcomes.contains(where: { $0.error != nil }) {
      writes = writtenBefore
      for index in outcomes.indices where outcomes[index].error == nil {
        outcomes[index] = Outcome(
          error: OrgError(
            "ALL_OR_NONE_OPERATION_ROLLED_BACK",
            "Record rolled back because not all records were valid and the request was using "
              + "AllOrNone header", fields: []))
      }
    }
    return .json(.array(outcomes.map(\.json)))
  }

  // MARK: Reading

  /// `POST /composite/sobjects/Lead` with ids and fields: null for what is not there.
  private func retrieve(_ call: OrgCall, _ object: String) throws(OrgError) -> Response {
    guard let table = scope.table(object) else { throw .notFound }
    let ids: [String]
    let names: [String]
    if call.method == .post {
      let body = try call.json()
      ids = (body["ids"]?.array ?? []).map(\.plain)
      names = (body["fields"]?.array ?? []).map(\.plain)
    } else {
      ids = (call.query["ids"] ?? "").split(separator: ",").map(String.init)
      names = (call.query["fields"] ?? "").split(separator: ",").map(String.init)
    }
    guard !ids.isEmpty, !names.isEmpty else {
      throw OrgError("MISSING_ARGUMENT", "ids and fields are required")
    }
    guard ids.count <= Self.retrieveMax else {
      throw OrgError(
        "EXCEEDED_ID_LIMIT",
        "record limit reached. cannot submit more than 2000 records into this call")
    }
    var nodes: [SOQLNode] = []
    for name in names {
      let column = try column(name, table)
      nodes.append(.field(column.field.name, .column(column)))
    }
    var out: [UInt8] = [UInt8(ascii: "[")]
    let writer = OrgRowWriter(
      reader: reader, version: call.version, table: table, nodes: nodes)
    for (index, id) in ids.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      if let (found, row) = org.visible(id), found === table, !row.isDeleted {
        writer.append(row, to: &out)
      } else {
        out.append(contentsOf: "null".utf8)
      }
    }
    out.append(UInt8(ascii: "]"))
    return .json(out)
  }
}
