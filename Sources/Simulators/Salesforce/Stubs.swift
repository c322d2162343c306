import HTTP
extension SalesforceSimulator {
  func objects(_ call: OrgCall, _ rest: [String]) throws(OrgError) -> Response { throw .notFound }
  func collections(_ call: OrgCall, _ rest: [String]) throws(OrgError) -> Response { throw .notFound }
  func bulk(_ call: OrgCall, _ rest: [String]) throws(OrgError) -> Response { throw .notFound }
  struct BulkJob {}
  var jobsToday: Int { 0 }
}
