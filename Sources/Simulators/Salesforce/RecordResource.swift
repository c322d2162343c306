import HTTP

extension SalesforceSimulator {
  /// `/sobjects` and what is below it.
  func objects(_ call: OrgCall, _ rest: [String]) throws(OrgError) -> Response {
    guard let name = rest.first else { return describeGlobal(call) }
    guard let table = scope.table(name) else { throw .notFound }
    switch rest.count {
    case 1:
      if call.method == .post { return try create(call, table) }
      guard call.method == .get else { throw .method(call.method.rawValue.uppercased()) }
      return basicInformation(call, table)
    case 2:
      switch rest[1] {
      case "describe": return describe(call, table)
      case "updated": return try updated(call, table)
      case "deleted": return try deleted(call, table)
      default: return try record(call, table, rest[1])
      }
    case 3: return try recordByExternalID(call, table, rest[1], rest[2])
    default: throw .notFound
    }
  }

  private func create(_ call: OrgCall, _ table: OrgTable) throws(OrgError) -> Response {
    guard let members = try call.json().members else {
      throw .json("Unexpected content: an object is needed")
    }
    if members.contains(where: { $0.key.lowercased() == "id" && !$0.value.isNull }) {
      throw OrgError(
        "INVALID_FIELD", "cannot specify Id in an insert call", fields: ["Id"])
    }
    let id = try save(table, at: nil, members, SaveOptions(call))
    return created(call, table, id, status: 201, isUpsert: nil)
  }

  private func created(
    _ call: OrgCall, _ table: OrgTable, _ id: String, status: Int, isUpsert: Bool?
  ) -> Response {
    var members: [OrgMember] = [
      OrgMember(key: "id", value: .string(id)), OrgMember(key: "success", value: true),
      OrgMember(key: "errors", value: []),
    ]
    if let isUpsert { members.append(OrgMember(key: "created", value: .bool(isUpsert))) }
    var response = Response.json(.object(members), status: status)
    if status == 201 {
      response.headers["Location"] =
        "/services/data/v\(call.version)/sobjects/\(table.schema.name)/\(id)"
    }
    return response
  }

  // MARK: By id

  private func record(
    _ call: OrgCall, _ table: OrgTable, _ text: String
  ) throws(OrgError) -> Response {
    guard let id = OrgID.normalised(text), id.hasPrefix(table.schema.prefix) else {
      throw OrgError(
        "NOT_FOUND",
        "Provided external ID field does not exist or is not accessible: \(text)")
    }
    switch call.method {
    case .get:
      guard let (_, row) = org.visible(id), !row.isDeleted else { throw .notFound }
      return try show(call, table, row)
    case .patch: return try change(call, table, id)
    case .delete:
      try remove(id, table)
      return Response(status: 204)
    default: throw .method(call.method.rawValue.uppercased())
    }
  }

  private func show(
    _ call: OrgCall, _ table: OrgTable, _ row: OrgRow
  ) throws(OrgError) -> Response {
    let modified = ["Last-Modified": OrgTime.httpDate(row.modifiedAt)]
    if let since = call.headers["If-Modified-Since"].flatMap(OrgTime.parseHTTPDate),
      row.modifiedAt <= since
    {
      return Response(status: 304, headers: ["Last-Modified": modified["Last-Modified"] ?? ""])
    }
    let columns: [OrgColumn]
    if let wanted = call.query["fields"] {
      columns = try wanted.split(separator: ",").map { name throws(OrgError) in
        try self.column(String(name), table)
      }
    } else {
      columns = table.schema.columns.filter { !scope.isHidden($0.field, of: table) }
    }
    var out: [UInt8] = []
    OrgRowWriter(
      reader: reader, version: call.version, table: table,
      nodes: columns.map { .field($0.field.name, .column($0)) }
    ).append(row, to: &out)
    var response = Response.json(out)
    response.headers["Last-Modified"] = modified["Last-Modified"]
    return response
  }

  func column(_ name: String, _ table: OrgTable) throws(OrgError) -> OrgColumn {
    guard let column = table.schema.column(name), !scope.isHidden(column.field, of: table) else {
      throw OrgError(
        "INVALID_FIELD",
        "No such column '\(name)' on entity '\(table.schema.name)'. If you are attempting to use "
          + "a custom field, be sure to append the '__c' after the custom field name. Please "
          + "reference your WSDL or the describe call for the appropriate names.")
    }
    return column
  }

  private func change(
    _ call: OrgCall, _ table: OrgTable, _ id: String
  ) throws(OrgError) -> Response {
    guard let place = org.locate(id), place.table.isShared(place.index) else {
      throw .notFound
    }
    if let limit = call.headers["If-Unmodified-Since"].flatMap(OrgTime.parseHTTPDate),
      place.row.modifiedAt > limit
    {
      return Response(status: 412)
    }
    guard let members = try call.json().members else {
      throw .json("Unexpected content: an object is needed")
    }
    if members.contains(where: { $0.key.lowercased() == "id" }) {
      throw OrgError(
        "INVALID_FIELD", "The Id field should not be specified in the sobject data.",
        fields: ["Id"])
    }
    _ = try save(table, at: place, members, SaveOptions(call))
    return Response(status: 204)
  }

  func remove(_ id: String, _ table: OrgTable) throws(OrgError) {
    guard let place = org.locate(id), place.table === table else { throw .notFound }
    if place.row.isDeleted { throw .deleted }
    try checkLock(place)
    guard table.schema.isEditable, table.schema.column("IsDeleted") != nil else {
      throw OrgError("INSUFFICIENT_ACCESS", "insufficient access rights on object id")
    }
    org.setDeleted(
      place, true, Org.Change(actor: integrationUserID, visibleAfter: commitDelay))
    writes += 1
  }

  // MARK: By external id

  private func recordByExternalID(
    _ call: OrgCall, _ table: OrgTable, _ name: String, _ value: String
  ) throws(OrgError) -> Response {
    guard let column = table.schema.column(name), !scope.isHidden(column.field, of: table),
      !column.field.traits.isDisjoint(with: [.externalID, .idLookup])
    else {
      throw OrgError(
        "NOT_FOUND",
        "Provided external ID field does not exist or is not accessible: \(name)")
    }
    let found = matches(table, column, value)
    guard found.count <= 1 else {
      let urls = found.map { place -> OrgJSON in
        .string("/services/data/v\(call.version)/sobjects/\(table.schema.name)/\(place.id)")
      }
      return .json(.array(urls), status: 300)
    }
    switch call.method {
    case .get:
      guard let place = found.first, let row = table.visible(place.index, now: clock.now) else {
        throw .notFound
      }
      return try show(call, table, row)
    case .patch: return try upsert(call, table, column.field, value, found.first)
    default: throw .method(call.method.rawValue.uppercased())
    }
  }

  private func upsert(
    _ call: OrgCall, _ table: OrgTable, _ field: OrgField, _ value: String,
    _ place: Org.Location?
  ) throws(OrgError) -> Response {
    guard var members = try call.json().members else {
      throw .json("Unexpected content: an object is needed")
    }
    if members.contains(where: { $0.key.lowercased() == field.name.lowercased() }) {
      throw OrgError(
        "INVALID_FIELD", "The \(field.name) field should not be specified in the sobject data.",
        fields: [field.name])
    }
    if place == nil, call.query["updateOnly"]?.lowercased() == "true" { throw .notFound }
    if place == nil { members.append(OrgMember(key: field.name, value: .string(value))) }
    let id = try save(table, at: place, members, SaveOptions(call))
    return created(
      call, table, id, status: place == nil ? 201 : 200, isUpsert: place == nil)
  }
}
