import HTTP

extension SalesforceSimulator {
  /// `/sobjects/NAME/describe`: the fields that the running user sees.
  func describe(_ call: OrgCall, _ table: OrgTable) -> Response {
    conditional(call) {
      var members = self.objectMembers(call, table)
      let fields = table.schema.columns.filter { !self.scope.isHidden($0.field, of: table) }
      let locked = self.settings.lockedFields[table.schema.name] ?? []
      members += [
        OrgMember(key: "actionOverrides", value: []),
        OrgMember(key: "childRelationships", value: []),
        OrgMember(key: "compactLayoutable", value: true),
        OrgMember(key: "defaultImplementation", value: nil),
        OrgMember(key: "extendedBy", value: nil),
        OrgMember(key: "extendsInterfaces", value: nil),
        OrgMember(
          key: "fields",
          value: .array(
            fields.map { Self.describe($0, table, isLocked: locked.contains($0.field.name)) })),
        OrgMember(key: "implementedBy", value: nil),
        OrgMember(key: "implementsInterfaces", value: nil),
        OrgMember(key: "listviewable", value: nil),
        OrgMember(key: "lookupLayoutable", value: nil),
        OrgMember(key: "namedLayoutInfos", value: []),
        OrgMember(key: "networkScopeFieldName", value: nil),
        OrgMember(key: "recordTypeInfos", value: []),
        OrgMember(key: "searchLayoutable", value: true),
        OrgMember(key: "sobjectDescribeOption", value: "FULL"),
        OrgMember(key: "supportedScopes", value: []),
      ]
      return .object(members.sorted { $0.key < $1.key })
    }
  }

  func describeGlobal(_ call: OrgCall) -> Response {
    conditional(call) {
      let visible = self.org.tables.filter { self.scope.table($0.schema.name) != nil }
      return [
        "encoding": "UTF-8", "maxBatchSize": 200,
        "sobjects": .array(visible.map { .object(self.objectMembers(call, $0)) }),
      ]
    }
  }

  /// `/sobjects/NAME`: the object in short, and what was looked at last.
  func basicInformation(_ call: OrgCall, _ table: OrgTable) -> Response {
    .json(["objectDescribe": .object(objectMembers(call, table)), "recentItems": []])
  }

  /// 304 without a body where nothing changed since the caller looked.
  private func conditional(_ call: OrgCall, _ body: () -> OrgJSON) -> Response {
    let changed = schemaChangedAt
    let headers: Headers = [
      "Last-Modified": OrgTime.httpDate(changed), "ETag": "\"\(String(changed, radix: 16))\"",
    ]
    if let since = call.headers["If-Modified-Since"].flatMap(OrgTime.parseHTTPDate),
      changed <= since
    {
      return Response(status: 304, headers: headers)
    }
    var response = Response.json(body())
    for field in headers.fields { response.headers[field.name] = field.value }
    return response
  }

  private func objectMembers(_ call: OrgCall, _ table: OrgTable) -> [OrgMember] {
    let schema = table.schema
    let base = "/services/data/v\(call.version)/sobjects/\(schema.name)"
    let hasBin = schema.column("IsDeleted") != nil
    let isWritable =
      schema.isEditable && !settings.readOnlyObjects.contains(schema.name)
    let no = [
      "activateable", "custom", "customSetting", "deepCloneable", "deprecatedAndHidden",
      "hasSubtypes", "isInterface", "isSubtype",
    ].map { OrgMember(key: $0, value: false) }
    let yes = [
      "feedEnabled", "layoutable", "mruEnabled", "queryable", "retrieveable", "searchable",
      "triggerable",
    ].map { OrgMember(key: $0, value: true) }
    return no + yes + [
      OrgMember(key: "associateEntityType", value: nil),
      OrgMember(key: "associateParentEntity", value: nil),
      OrgMember(key: "createable", value: .bool(isWritable)),
      OrgMember(key: "deletable", value: .bool(schema.isEditable && hasBin)),
      OrgMember(key: "keyPrefix", value: .string(schema.prefix)),
      OrgMember(key: "label", value: .string(schema.label)),
      OrgMember(key: "labelPlural", value: .string(schema.labelPlural)),
      OrgMember(key: "mergeable", value: .bool(schema.isMergeable)),
      OrgMember(key: "name", value: .string(schema.name)),
      OrgMember(key: "replicateable", value: .bool(schema.isReplicateable)),
      OrgMember(key: "undeletable", value: .bool(hasBin)),
      OrgMember(key: "updateable", value: .bool(isWritable)),
      OrgMember(
        key: "urls",
        value: [
          "sobject": .string(base), "describe": .string(base + "/describe"),
          "rowTemplate": .string(base + "/{ID}"),
        ]),
    ]
  }

  // MARK: Fields

  private static func describe(
    _ column: OrgColumn, _ table: OrgTable, isLocked: Bool
  ) -> OrgJSON {
    let field = column.field
    let traits = field.traits
    func has(_ trait: OrgField.Traits) -> OrgJSON { .bool(traits.contains(trait)) }
    let isText = soapType(field.kind) == "xsd:string" && field.length > 0
    let isNumber = [.double, .currency, .percent].contains(field.kind)
    let isPointing = field.isPolymorphic
    return [
      "aggregatable": .bool(field.kind != .textarea), "aiPredictionField": false,
      "autoNumber": false,
      "byteLength": OrgJSON(isText ? field.length * 3 : field.length), "calculated": false,
      "calculatedFormula": nil, "cascadeDelete": false, "caseSensitive": has(.caseSensitive),
      "compoundFieldName": compound(field, table), "controllerName": nil,
      "createable": .bool(traits.contains(.createable) && !isLocked), "custom": has(.custom),
      "defaultValue": field.kind == .boolean ? false : OrgJSON(field.defaultValue),
      "defaultValueFormula": nil, "defaultedOnCreate": has(.defaulted),
      "dependentPicklist": false, "deprecatedAndHidden": false,
      "digits": OrgJSON(field.kind == .int ? field.precision : 0),
      "displayLocationInDecimal": false, "encrypted": false, "externalId": has(.externalID),
      "extraTypeInfo": nil, "filterable": has(.filterable), "filteredLookupInfo": nil,
      "formulaTreatNullNumberAsZero": false, "groupable": has(.sortable),
      "highScaleNumber": false, "htmlFormatted": false, "idLookup": has(.idLookup),
      "inlineHelpText": nil, "label": .string(field.label), "length": OrgJSON(field.length),
      "mask": nil, "maskType": nil, "name": .string(field.name),
      "nameField": .bool(field.name == "Name"), "namePointing": .bool(isPointing),
      "nillable": has(.nillable), "permissionable": has(.nillable),
      "picklistValues": picklist(field), "polymorphicForeignKey": .bool(isPointing),
      "precision": OrgJSON(isNumber ? field.precision : 0), "queryByDistance": false,
      "referenceTargetField": nil,
      "referenceTo": .array(field.referenceTo.map { .string($0) }),
      "relationshipName": OrgJSON(field.relationshipName), "relationshipOrder": nil,
      "restrictedDelete": false, "restrictedPicklist": has(.restricted),
      "scale": OrgJSON(isNumber ? field.scale : 0), "searchPrefilterable": false,
      "soapType": .string(soapType(field.kind)), "sortable": has(.sortable),
      "type": .string(field.kind.rawValue), "unique": has(.unique),
      "updateable": .bool(traits.contains(.updateable) && !isLocked),
      "writeRequiresMasterRead": false,
    ]
  }

  private static func compound(_ field: OrgField, _ table: OrgTable) -> OrgJSON {
    if ["FirstName", "LastName", "Salutation"].contains(field.name) { return "Name" }
    for column in table.schema.columns {
      guard case .address(let prefix) = column.slot, field.name.hasPrefix(prefix),
        [
          "Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude",
          "GeocodeAccuracy",
        ].contains(String(field.name.dropFirst(prefix.count)))
      else { continue }
      return .string(column.field.name)
    }
    return nil
  }

  private static func picklist(_ field: OrgField) -> OrgJSON {
    func entry(_ value: String, isActive: Bool) -> OrgJSON {
      [
        "active": .bool(isActive), "defaultValue": .bool(value == field.defaultValue),
        "label": .string(value), "validFor": nil, "value": .string(value),
      ]
    }
    return .array(
      field.values.map { entry($0, isActive: true) }
        + field.retiredValues.map { entry($0, isActive: false) })
  }

  private static func soapType(_ kind: OrgField.Kind) -> String {
    switch kind {
    case .id, .reference: "tns:ID"
    case .boolean: "xsd:boolean"
    case .int: "xsd:int"
    case .double, .currency, .percent: "xsd:double"
    case .date: "xsd:date"
    case .datetime: "xsd:dateTime"
    case .address: "urn:address"
    default: "xsd:string"
    }
  }
}
