/// What `sfsyncd check` prints; DIR is the directory of the test.
enum Snapshots {
  static let good = """
    ok      configuration                       DIR/sfsyncd.toml
    ok      credential salesforce-client-secret readable, in DIR/credentials
    ok      credential intercom-access-token    readable, in DIR/credentials
    ok      store                               DIR/sfsync.db will be made at the start
    ok      control socket                      DIR/control.sock will be made at the start
    ok      control group                       root
    ok      salesforce host                     https://example.my.salesforce.com answers
    ok      salesforce API version              62.0, of 31.0 to 66.0
    ok      salesforce token                    given by client-credentials, for \
    https://example.my.salesforce.com
    ok      salesforce organization             Example Ltd, Enterprise Edition, production, \
    00D5g00000000G9EAI
    ok      salesforce daily calls              1 of 100,000 used in 24 hours; sfsync may use \
    20,000
    ok      clock                               agrees with Salesforce's
    ok      salesforce Lead                     all fields can be read
    ok      salesforce Contact                  all fields can be read
    ok      salesforce User                     can be read
    ok      salesforce Group                    can be read
    ok      salesforce UserRole                 can be read
    ok      salesforce records                  leads: 3, contacts: 1 visible (recently \
    deleted ones included)
    ok      salesforce lead creation            leads can be made
    ok      salesforce mapped fields            none is configured
    ok      salesforce tasks                    can be made, with the status Completed
    ok      intercom token                      accepted
    ok      intercom API version                2.15
    ok      intercom workspace                  Simulated workspace, l4wp0knn, region US
    ok      intercom rate limit                 1,667 calls in 10 s, of which sfsync uses 80 %
    ok      intercom attributes                 will be created at the start: SALESFORCE_STATUS, \
    SALESFORCE_TITLE, SALESFORCE_OWNER_ID, SALESFORCE_OWNER_NAME, SALESFORCE_OWNER_EMAIL, \
    SALESFORCE_OWNER_ROLE, SALESFORCE_ID, SALESFORCE_OBJECT_TYPE
    ok      intercom people                     3
    ok      intercom tags                       send-to-salesforce, salesforce-task not there \
    yet: used as soon as somebody makes it
    ok      intercom conversations              can be read
    ok      intercom acting teammate            not needed: assignment is off
    ok      initial sync                        about 6 Salesforce calls and at most 4 Intercom \
    calls, at most 1 min
    All 31 checks are good.
    """
  static let wrongSecret = """
    ok      configuration                       DIR/sfsyncd.toml
    ok      credential salesforce-client-secret readable, in DIR/credentials
    ok      credential intercom-access-token    readable, in DIR/credentials
    ok      store                               DIR/sfsync.db will be made at the start
    ok      control socket                      DIR/control.sock will be made at the start
    ok      control group                       root
    ok      salesforce host                     https://example.my.salesforce.com answers
    ok      salesforce API version              62.0, of 31.0 to 66.0
    FAILED  salesforce token                    Salesforce does not accept the app's id and \
    secret. (could not get an access token: invalid client credentials) [SF-CREDENTIALS]
            -> Compare salesforce.client_id and the client secret with the External Client App.
    skipped salesforce organization             there is no token
    skipped salesforce daily calls              there is no token
    skipped clock                               there is no token
    skipped salesforce Lead                     there is no token
    skipped salesforce Contact                  there is no token
    skipped salesforce User                     there is no token
    skipped salesforce Group                    there is no token
    skipped salesforce UserRole                 there is no token
    skipped salesforce records                  there is no token
    skipped salesforce lead creation            there is no token
    skipped salesforce mapped fields            there is no token
    skipped salesforce tasks                    there is no token
    ok      intercom token                      accepted
    ok      intercom API version                2.15
    ok      intercom workspace                  Simulated workspace, l4wp0knn, region US
    ok      intercom rate limit                 1,667 calls in 10 s, of which sfsync uses 80 %
    ok      intercom attributes                 will be created at the start: SALESFORCE_STATUS, \
    SALESFORCE_TITLE, SALESFORCE_OWNER_ID, SALESFORCE_OWNER_NAME, SALESFORCE_OWNER_EMAIL, \
    SALESFORCE_OWNER_ROLE, SALESFORCE_ID, SALESFORCE_OBJECT_TYPE
    ok      intercom people                     3
    ok      intercom tags                       send-to-salesforce, salesforce-task not there \
    yet: used as soon as somebody makes it
    ok      intercom conversations              can be read
    ok      intercom acting teammate            not needed: assignment is off
    skipped initial sync                        one of the sides could not be counted
    31 checks: 1 failed, 13 skipped.
    """
}
