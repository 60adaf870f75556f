package io.dcloud.feature.contacts;

import android.app.Activity;
import android.database.Cursor;
import android.provider.ContactsContract;
import android.webkit.JavascriptInterface;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

public class ContactsFeatureImpl {
  private final Activity mActivity;

  public ContactsFeatureImpl(Activity activity) {
    mActivity = activity;
  }

  @JavascriptInterface
  public String execute(String action, String[] args) throws JSONException {
    return "find".equals(action) ? find().toString() : "";
  }

  private JSONArray find() throws JSONException {
    JSONArray all = new JSONArray();
    Cursor rows =
        mActivity
            .getContentResolver()
            .query(ContactsContract.CommonDataKinds.Phone.CONTENT_URI, null, null, null, null);
    if (rows == null) {
      return all;
    }
    while (rows.moveToNext()) {
      JSONObject one = new JSONObject();
      one.put("displayName", rows.getString(rows.getColumnIndex("display_name")));
      one.put("phoneNumbers", rows.getString(rows.getColumnIndex("data1")));
      all.put(one);
    }
    rows.close();
    return all;
  }
}
