import Intercom
import SyncCore
import Testing

@Suite struct AttributePlanTests {
  let wanted: [Attribute: String] = [.status: "S", .title: "T", .recordID: "ID"]

  func custom(_ name: String, id: String? = "1", type: String = "string") -> DataAttribute {
    DataAttribute(id: id, name: name, model: .contact, dataType: type)
  }

  @Test("S4: what is missing is created, in the order of the attributes")
  func creates() {
    let plan = AttributePlan(wanted: wanted, listed: [custom("T")])
    #expect(plan.existing == [.title])
    #expect(plan.toCreate.map(\.name) == ["S", "ID"])
    #expect(plan.toCreate.allSatisfy { !$0.description.isEmpty })
    #expect(plan.toRevive.isEmpty && plan.problems.isEmpty)
  }

  @Test("S4: an archived twin is revived, one with another type is an error")
  func revives() {
    var archived = custom("S", id: "7")
    archived.isArchived = true
    var wrong = custom("T", type: "integer")
    wrong.isArchived = true
    let plan = AttributePlan(wanted: wanted, listed: [archived, wrong, custom("ID")])
    #expect(plan.toRevive.map(\.attribute) == [.status])
    #expect(plan.toRevive.map(\.id) == ["7"])
    #expect(plan.problems.map(\.meaning) == [IntercomMeaning.attributeType])
    #expect(plan.problems.first?.names == ["T"])
    #expect(plan.toCreate.isEmpty)
  }

  @Test("O6: an uninstall takes what bears a configured name and is of our kind, and nothing else")
  func removal() {
    var gone = custom("GONE", id: "2")
    gone.isArchived = true
    var company = custom("S", id: "3")
    company.model = .company
    var choice = custom("L", id: "4")
    choice.hasOptions = true
    let standard = DataAttribute(
      id: nil, name: "name", model: .contact, dataType: "string", isCustom: false)
    let removal = AttributeRemoval(
      wanted: [
        .status: "S", .title: "T", .ownerID: "GONE", .ownerName: "N", .ownerEmail: "name",
        .url: "L", .ownerRole: "absent",
      ],
      listed: [
        company, custom("T", id: "5"), gone, custom("N", id: "6", type: "integer"), standard,
        choice, custom("OTHER", id: "7"),
      ])
    #expect(removal.toArchive == [.init(name: "T", id: "5")])
    #expect(
      removal.foreign == [
        "S (an attribute of companies)", "N (an attribute of the type integer)",
        "name (a standard attribute)", "L (an attribute of the type list)",
      ])
    #expect(AttributeRemoval(wanted: [:], listed: [custom("T")]).toArchive.isEmpty)
  }

  @Test("S4: a live attribute is used though an archived one has its name")
  func prefersLive() {
    var archived = custom("S", id: "7")
    archived.isArchived = true
    let plan = AttributePlan(wanted: [.status: "S"], listed: [archived, custom("S", id: "8")])
    #expect(plan.existing == [.status])
    #expect(plan.toRevive.isEmpty)
  }

  @Test("S4: wrong type, list, company's and standard names are errors with their remedy")
  func errors() {
    var list = custom("T")
    list.hasOptions = true
    let company = DataAttribute(id: "2", name: "ID", model: .company, dataType: "string")
    let standard = DataAttribute(
      id: nil, name: "name", model: .contact, dataType: "string", isCustom: false)
    let plan = AttributePlan(
      wanted: [.status: "S", .title: "T", .recordID: "ID", .url: "name"],
      listed: [custom("S", type: "date"), list, company, standard])
    #expect(
      plan.problems.map(\.meaning.code) == [
        "IC-ATTRIBUTE-TYPE", "IC-ATTRIBUTE-TYPE", "IC-ATTRIBUTE-OTHER-MODEL",
        "IC-ATTRIBUTE-STANDARD",
      ])
    #expect(plan.problems.map(\.failure.fields) == [["S"], ["T"], ["ID"], ["name"]])
    #expect(plan.existing.isEmpty && plan.toCreate.isEmpty && plan.toRevive.isEmpty)
  }

  @Test("Names are case-sensitive, and a company's standard name is free for people")
  func names() {
    let standard = DataAttribute(
      id: nil, name: "ID", model: .company, dataType: "string", isCustom: false)
    let plan = AttributePlan(
      wanted: [.status: "S", .recordID: "ID"], listed: [custom("s"), standard])
    #expect(plan.toCreate.map(\.name) == ["S", "ID"])
  }

  @Test(
    "S4: at the limit of 250 one error says which are missing", arguments: [247, 248, 250, 251])
  func limit(_ used: Int) {
    let listed = (0..<used).map { custom("x\($0)") }
    let plan = AttributePlan(wanted: wanted, listed: listed)
    let room = max(0, 250 - used)
    #expect(plan.toCreate.map(\.name) == Array(["S", "T", "ID"].prefix(room)))
    let missing = Array(["S", "T", "ID"].dropFirst(room))
    #expect(plan.problems.map(\.names) == (missing.isEmpty ? [] : [missing]))
    #expect(plan.problems.allSatisfy { $0.meaning == IntercomMeaning.attributeLimit })
  }
}
